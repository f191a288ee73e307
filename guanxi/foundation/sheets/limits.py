"""What a file may cost, and why so much. No imports: the confined process reads it too."""

MEGABYTE = 1024 * 1024

# A million rows of thirty columns are about 300 MB of text.
MAX_TEXT_BYTES = 512 * MEGABYTE
# Compressed; what is in it is limited below.
MAX_XLSX_BYTES = 64 * MEGABYTE

# Real lists have tens of columns. Beyond a thousand it is a matrix or an attack.
MAX_COLUMNS = 1000
# Excel allows 32,767 characters a cell; csv.field_size_limit() is this by default.
MAX_CELL_CHARACTERS = 131_072
# A thousand columns of a thousand characters: one line is all that is held in memory.
MAX_LINE_CHARACTERS = 1_000_000

# A workbook with a hundred sheets and some pictures has a few hundred parts.
MAX_ZIP_ENTRIES = 2000
# One directory entry is 46 bytes and a name.
MAX_ZIP_DIRECTORY_BYTES = MAX_ZIP_ENTRIES * 300
# To choose from; Excel allows names of 31 characters, others a few more.
MAX_SHEETS = 200
MAX_SHEET_NAME_CHARACTERS = 100
# All parts unpacked: about 200,000 rows of ten columns. More belongs into a CSV file.
MAX_UNPACKED_BYTES = 100 * MEGABYTE
# Sheets shrink to a tenth, sheets of one repeated row to a sixtieth.
MAX_ZIP_RATIO = 100
# Below this size a high ratio harms nobody: small parts are often a few tags repeated.
RATIO_MATTERS_FROM_BYTES = 4 * MEGABYTE

# The parser holds a sheet as a dense grid of 32-byte cells: a lone cell in the last row
# and column would need gigabytes. The largest sheet allowed above takes 270 MB.
MAX_PARSER_MEMORY_BYTES = 512 * MEGABYTE
# That sheet takes 5 to 9 s; a loaded machine may be five times slower.
MAX_PARSER_CPU_SECONDS = 60
MAX_PARSER_WALL_SECONDS = 120
# Cells that all name one long text grow when they are written out.
MAX_FLAT_BYTES = MAX_TEXT_BYTES

# Sniffing reads this much from the start, and from the first letter beyond ASCII.
SNIFFED_BYTES = 256 * 1024
SNIFFED_ROWS = 200
