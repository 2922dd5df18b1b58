"""Warranty: what a buyer of a faulty article may have today and why, serial numbers, service points (WAR)."""
