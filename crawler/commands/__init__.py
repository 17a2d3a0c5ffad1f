"""Commands of ours among those of Scrapy."""
