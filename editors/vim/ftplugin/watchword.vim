" Comments, and words with the indentation that `watchword fmt` gives.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:##,:#
setlocal commentstring=#\ %s
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal suffixesadd=.watch
let b:undo_ftplugin = "setlocal comments< commentstring< expandtab< shiftwidth< softtabstop< suffixesadd<"
