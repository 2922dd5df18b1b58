"""What every REST route shares: authentication, scopes, idempotency, problems, pages, limits. No route of an app."""
