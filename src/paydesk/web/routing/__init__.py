"""Whom cases go to: rules in order, who takes cases now, what was routed lately and why."""
