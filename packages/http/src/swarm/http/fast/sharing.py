"""Connections of a session: its own, or those of a shared geventhttpclient pool."""

import ssl
from dataclasses import replace
from functools import lru_cache
from typing import Any

from swarm.http.transport.connect import Proxy, Settings
from swarm.http.transport.pool import ConnectionPool
from swarm.http.transport.tls import SSLContextFactory, tls_context

_SHARED: Any = "swarm"


def trusting_context() -> ssl.SSLContext:
    """Return a TLS context that trusts any server: load tests meet self-signed certificates."""
    return tls_context(verify=False)


def checking_context() -> ssl.SSLContext:
    """Return a TLS context that checks the server's certificate."""
    return tls_context(verify=True)


def settings_for(
    insecure: bool,  # noqa: FBT001 - as in FastHttpSession
    ssl_context_factory: SSLContextFactory | None,
    *,
    connection_timeout: float | None = 60.0,
    network_timeout: float | None = 60.0,
    concurrency: int = 10,
    proxy_host: str | None = None,
    proxy_port: int | None = None,
    proxy_user: str | None = None,
    proxy_password: str | None = None,
) -> Settings:
    """Return the settings for these arguments of a session."""
    proxy = None
    if proxy_host is not None:
        proxy = Proxy(proxy_host, proxy_port or 80, proxy_user, proxy_password)
    settings = _settings(connection_timeout, network_timeout, concurrency, insecure, proxy)
    if ssl_context_factory is None:
        return settings
    return replace(settings, ssl_context_factory=ssl_context_factory)


@lru_cache(maxsize=64)
def _settings(
    connection_timeout: float | None,
    network_timeout: float | None,
    concurrency: int,
    insecure: bool,  # noqa: FBT001 - as in FastHttpSession
    proxy: Proxy | None,
) -> Settings:
    """Return the same object for all users that want the same."""
    factory = trusting_context if insecure else checking_context
    return Settings(connection_timeout, network_timeout, concurrency, factory, proxy)


def shared_pool(client_pool: Any, defaults: Settings) -> ConnectionPool:
    """Return the connections that all sessions with this `client_pool` share.

    It is kept inside the pool, so that `client_pool.close()` closes it too.

    Args:
        client_pool: A `geventhttpclient.client.HTTPClientPool`; its arguments (concurrency,
            timeouts, insecure, proxy) are honoured. A `ConnectionPool` is taken as it is.
        defaults: What the arguments do not say.
    """
    if isinstance(client_pool, ConnectionPool):
        return client_pool
    found = client_pool.clients.get(_SHARED)
    if found is None:
        found = ConnectionPool(_settings_of(client_pool.client_args, defaults))
        client_pool.clients[_SHARED] = found
    pool: ConnectionPool = found
    return pool


def _settings_of(arguments: dict[str, Any], defaults: Settings) -> Settings:
    proxy = defaults.proxy
    insecure = arguments.get("insecure")
    factory = arguments.get("ssl_context_factory") or defaults.ssl_context_factory
    if insecure is not None and "ssl_context_factory" not in arguments:
        factory = trusting_context if insecure else checking_context
    if arguments.get("proxy_host"):
        proxy = Proxy(
            arguments["proxy_host"],
            arguments.get("proxy_port") or 80,
            arguments.get("proxy_user"),
            arguments.get("proxy_password"),
        )
    return Settings(
        connection_timeout=arguments.get("connection_timeout", defaults.connection_timeout),
        network_timeout=arguments.get("network_timeout", defaults.network_timeout),
        concurrency=arguments.get("concurrency", 1),
        ssl_context_factory=factory,
        proxy=proxy,
    )
