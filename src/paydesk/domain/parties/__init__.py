"""Who we deal with: customers and their phone numbers."""
