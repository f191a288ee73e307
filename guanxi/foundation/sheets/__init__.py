"""
Tables in files: finding out how they are written, reading, understanding, writing.

Reading: `sniff.sniff` tells the format, `read.rows` streams the rows, `guess.guess_columns`
proposes which column is which field, `values.converter` makes values of the cells.
Writing: `write.write_csv` and `write.write_xlsx`. Whatever comes in is taken for an attack
until it has passed `limits`; spreadsheets are opened in a process of their own.
"""
