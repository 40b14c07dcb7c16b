"""What every request passes through, as plain ASGI: context, headers, body limit, quotas, cross-origin
answers."""
