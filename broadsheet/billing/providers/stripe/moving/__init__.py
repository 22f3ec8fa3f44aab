"""Coming from Stripe’s own subscriptions: their customers and cards stay, ours go on where theirs end."""
