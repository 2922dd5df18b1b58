"""The project: settings, routes, wiring. Business lives in the apps beside it, what they share in `aftersales.core`."""
