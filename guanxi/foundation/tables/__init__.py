"""One mechanism for every list: filter, sort, columns, views, paging, export."""
