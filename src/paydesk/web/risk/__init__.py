"""What risk decides: escalations, holds, blocks and limits; packs of evidence."""
