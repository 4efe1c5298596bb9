"""The Ray Serve deployments, one folder a tier; each is contract.py + service + deployment.py + engines."""
