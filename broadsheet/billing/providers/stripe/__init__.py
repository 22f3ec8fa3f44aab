"""Cards, by Stripe: its pages take them, and our renewal engine has them charged. No Subscription objects."""
