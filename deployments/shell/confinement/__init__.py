"""What a sandboxed process may still do, enforced by the kernel: files (Landlock), system calls (seccomp), user."""
