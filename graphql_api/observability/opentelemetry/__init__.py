"""Telemetry by OpenTelemetry; imported only where it is switched on."""
