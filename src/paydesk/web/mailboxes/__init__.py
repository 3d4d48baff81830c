"""The mailboxes people write to: what they are, whether they are reached, setting one up."""
