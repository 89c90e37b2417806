au BufRead,BufNewFile *.watch setfiletype watchword
