"""The statistics for programs."""

from ticketapp.api.blueprint import blueprint, operation
from ticketapp.api.outputs import StatisticsOut
from ticketapp.clock import utc_now
from ticketapp.queries import dashboard


@blueprint.get("/tickets/stats/", strict_slashes=False)
@operation("getStatistics", tag="Statistics", problems=(401, 429))
@blueprint.output(StatisticsOut, description="The figures.")
def show_statistics() -> StatisticsOut:
    """Read the statistics

    Their cost does not grow with the number of tickets.
    """
    return StatisticsOut.of(dashboard.overview(utc_now()))
