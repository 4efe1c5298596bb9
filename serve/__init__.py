"""The composition root: ingress, settings, command line. (Ray Serve itself is imported as ray_serve.)"""
