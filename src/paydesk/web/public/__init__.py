"""Pages that need no sign-in: a status page, a web form, a chat; and where telephone systems call in."""
