"""The history as a folder of pages: built from the history alone, opened from the disk, asking the network for nothing."""
