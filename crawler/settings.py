"""Scrapy's settings: only what differs from its defaults, each with its reason."""

from importlib import metadata
from pathlib import Path


def user_agent(contact: str | None = None) -> str:
    """Who we are and whom to write to, as every request says it.

    >>> user_agent("desk@example.org").split("/")[0]
    'Tallywatch'
    """
    try:
        version = metadata.version("tallywatch")
    except metadata.PackageNotFoundError:  # a checkout that was never installed
        version = "0"
    return f"Tallywatch/{version} (news monitor; contact: {' '.join((contact or 'not set').split())})"


BOT_NAME = "tallywatch"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.outlets.Loader"  # Scrapy's own stops at the first broken spider and takes its siblings along
COMMANDS_MODULE = "crawler.commands"  # a shell that opens saved pages
TEMPLATES_DIR = str(Path(__file__).parent / "templates")  # `scrapy genspider` writes a form of ours

# Honest and polite.
CONTACT = None  # a run sets it; by hand -s CONTACT=desk@example.org: without it no pages are read but those named by url
USER_AGENT = user_agent()
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Tallywatch"  # the token a site's robots.txt would name, not the whole line above
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # what a person's browser would hardly notice
CONCURRENT_REQUESTS = 64  # of all outlets, those that wait for their turn at a host included
DOWNLOAD_DELAY = 1.0  # seconds between requests to one host; an outlet's own `delay` replaces it
COOKIES_ENABLED = False  # nobody logs in; a consent cookie would show us other pages than a visitor sees
METAREFRESH_ENABLED = False  # a page that reloads itself is not a redirect
REDIRECT_MAX_TIMES = 5

# Safe: everything read was written by strangers.
DOWNLOAD_VERIFY_CERTIFICATES = True  # off by default
REMOTE_CONTROL_ENABLED = False  # a local server that runs Python, on by default
TELNETCONSOLE_ENABLED = False  # the same, older
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}  # http and https only
DOWNLOADER_MIDDLEWARES = {
    "crawler.permission.Permission": 100,  # in place of Scrapy's, which asks every host in every run and takes no answer for a yes
    "crawler.capture.Capturing": 595,  # between redirects and unpacking: the answer in the end, as it was received
    "crawler.guard.Guard": 860,  # beside the wire: sees every redirect, retry and robots.txt
}
TWISTED_DNS_RESOLVER = "crawler.guard.Resolver"  # Scrapy's looks a dead host up again and again, and a hanging look-up holds its exit up
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # also of what a body unpacks to; the largest real feed or sitemap seen has 3 MB
DOWNLOAD_WARNSIZE = 0  # what is too large is refused, not warned of

# Bounded in time: the next run comes in a quarter of an hour.
DNS_TIMEOUT = 5
DOWNLOAD_TIMEOUT = 15  # connect, headers and body together
CLOSESPIDER_TIMEOUT = 240
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 504, 408, 522, 524]  # 429 and 503 say: not now
RETRY_EXCEPTIONS = ["scrapy.exceptions.DownloadFailedError", "scrapy.exceptions.ResponseDataLossError"]  # a dead host stays dead

# Fast.
CONCURRENT_ITEMS = 4  # Scrapy starts so many tasks for every response; 100 cost 15 % of a page's time

# Scrapy loads whatever these name before it looks whether it is switched off: what we use, no web server and no list of all domains,
# which cost a third of a second at each start.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.logstats.LogStats": 0,
}
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
SPIDER_MIDDLEWARES_BASE = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50,
}
