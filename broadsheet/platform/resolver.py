import dns.nameserver
import dns.resolver
from django.conf import settings


def resolver() -> dns.resolver.Resolver:
    """Asks the servers of DNS_SERVERS, else the system's; raises DNSException where there is none."""
    if settings.DNS_SERVERS is None:
        return dns.resolver.Resolver()
    found = dns.resolver.Resolver(configure=False)
    found.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in settings.DNS_SERVERS]
    return found
