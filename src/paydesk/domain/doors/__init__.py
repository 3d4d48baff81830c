"""The doors people come in by without signing in: status pages, web forms, chat, the telephone."""
