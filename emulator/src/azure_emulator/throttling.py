# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Resource Manager's token buckets: what the rate-limit headers say, and 429 when a bucket is empty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

declare(
    "arm_throttling",
    False,
    (False, True),
    "keyvault-wire 9.1: the sizes are documented; off by default, so that a rehearsal does not wait",
)

# kind -> (burst, tokens per second, what the global header starts with)
_BUCKETS = {"reads": (250, 25, 3750), "writes": (200, 10, 3000), "deletes": (200, 10, 3000)}


@dataclass
class _Bucket:
    tokens: float
    filled: datetime


class Throttling:
    """One set of buckets per caller and subscription."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def take(self, call: Call, subscription_id: str, kind: str) -> dict[str, str]:
        """Takes one token and returns the rate-limit headers; raises Problem 429 if throttling is on and none is left.

        ``kind``: reads | writes | deletes.
        """
        burst, rate, global_limit = _BUCKETS[kind]
        actor = call.caller.object_id if call.caller else ""
        now = self._world.clock.now()
        bucket = self._buckets.setdefault((actor, subscription_id.lower(), kind), _Bucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + rate * (now - bucket.filled).total_seconds())
        bucket.filled = now
        if bucket.tokens < 1:
            if self._world.part(Switches)["arm_throttling"]:
                raise self._throttled(kind, subscription_id, actor, max(1, math.ceil((1 - bucket.tokens) / rate)))
            bucket.tokens = 1
        bucket.tokens -= 1
        spent = burst - int(bucket.tokens)
        return {
            f"x-ms-ratelimit-remaining-subscription-{kind}": str(int(bucket.tokens)),
            f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(global_limit - spent),
        }

    @staticmethod
    def _throttled(kind: str, subscription_id: str, actor: str, seconds: int) -> Problem:
        return Problem(
            429,
            "SubscriptionRequestsThrottled",
            f"Number of '{kind[:-1]}' requests for subscription '{subscription_id}' actor '{actor}' exceeded. Please "
            f"try again after '{seconds}' seconds after additional tokens are available. "
            "Refer to https://aka.ms/arm-throttling for additional information.",
            headers={"Retry-After": str(seconds)},
        )

    def snapshot(self) -> dict:
        return {f"{actor} {kind}": int(bucket.tokens) for (actor, _, kind), bucket in self._buckets.items()}
