"""Where money comes from: providers, their source accounts, the file profiles of each."""
