"""What a month's round reads of a workbook: closed months, the calendar, where a sheet stands."""
