"""Filters for figures and dates in a villager's words, and paths that keep the mode that is being read."""

from datetime import date

from django import template
from django.urls import get_script_prefix

from disclosure.publicity.models import PublicList
from disclosure.site import words

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """Return fen as yuan: 4,800."""
    return words.yuan(fen)


@register.filter
def size(list: PublicList) -> str:
    """Return how many households and how much: 3户，4,800元."""
    return words.size(list)


@register.filter
def day(on: date) -> str:
    """Return 11月28日."""
    return words.day(on)


@register.filter
def full_day(on: date) -> str:
    """Return 2026年11月28日."""
    return words.full_day(on)


@register.filter
def closing(on: date) -> str:
    """Return 11月28日（星期六）24时止."""
    return words.closing(on)


@register.filter
def which_time(list: PublicList) -> str:
    """Return at which turn of its matter a list is published."""
    return words.which_time(list)


@register.filter
def in_mode(path: str) -> str:
    """Return a stored path of this site in the mode that is being read (large type or standard)."""
    return get_script_prefix() + path.removeprefix("/") if path else ""
