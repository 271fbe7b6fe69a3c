"""The corpus maker: ledgers and form descriptions in, PDF reports and golden files out."""
