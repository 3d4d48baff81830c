"""The doors as the desk sees them: setting them up, giving out status pages, chats and calls in the inbox."""
