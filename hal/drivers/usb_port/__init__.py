"""Drivers of the kind usb_port."""
