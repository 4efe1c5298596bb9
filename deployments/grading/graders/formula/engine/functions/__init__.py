"""The functions, by family. Importing a module registers its functions."""
