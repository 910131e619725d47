"""The network's side: TLS, static pages, a proxy to the API, live and recorded pictures for browsers."""
