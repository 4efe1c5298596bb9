"""Measurement: ability estimates, the adaptive block, and the analysis of behavioural stories."""
