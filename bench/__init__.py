"""Mowakaba measured against the same menu and queue written directly in Asterisk's dialplan and app_queue.

Figures are ratios of two sides measured in one run on one machine; absolute times say little elsewhere. Nothing here
asserts: `results/latest.md` says which figures reach what was promised.
"""
