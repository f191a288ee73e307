"""The list of all detectors."""

from collections.abc import Mapping

from guanxi.actions.detectors import (
    bonds,
    buying,
    contacts,
    knowledge,
    offers,
    orders,
    plans,
    stages,
)
from guanxi.actions.detectors.base import Watch
from guanxi.actions.rules import Detector

WATCHES: Mapping[Detector, Watch] = {
    watch.detector: watch
    for watch in (
        *buying.WATCHES,
        *bonds.WATCHES,
        *contacts.WATCHES,
        *knowledge.WATCHES,
        *offers.WATCHES,
        *orders.WATCHES,
        *plans.WATCHES,
        *stages.WATCHES,
    )
}
