" Watchword policies. The words are held against the grammar by editors/keywords.py.
if exists("b:current_syntax")
  finish
endif

syn case match
syn keyword watchwordDeclaration action baseline calendar define event let list module policy risk signal source
syn keyword watchwordDeclaration subject table test use
syn keyword watchwordClause above across adds advance after alert alerts always as at back basis because below by case
syn keyword watchwordClause closes column combine covers created day days delimiter do emit employee every except
syn keyword watchwordClause expect expires extends for from halves header holidays hour hours id ignores lateness
syn keyword watchwordClause least looks modified most no nothing on once open opens over owner past per purpose rearms
syn keyword watchwordClause references refuses restarts retrigger roster score sensitive sequence severity state tags
syn keyword watchwordClause times to until updates version watch week when where within x zone
syn keyword watchwordOperator and any contains during else endswith every has if in like matches mod not or overlaps
syn keyword watchwordOperator startswith then
syn keyword watchwordBoolean false true
syn keyword watchwordLevel critical high info low medium
syn keyword watchwordWindow avg count deviation distinct max min new peers percentile stddev sum usual
syn keyword watchwordType bool duration email enum host int ip person real size text time time_of_day zone
syn keyword watchwordFunction abs after basename before bytes ceil clamp contains_any count_of date day day_name days
syn keyword watchwordFunction decode_base64 decode_url depth dirname domain edit_distance entropy epoch extension
syn keyword watchwordFunction first floor from_epoch from_epoch_milliseconds from_filetime host hour hours is_ascii
syn keyword watchwordFunction is_ipv6 is_private join last length like_any lower mailbox max min minute minutes month
syn keyword watchwordFunction network parse_bool parse_duration parse_int parse_ip parse_real parse_size parse_time
syn keyword watchwordFunction parse_time_of_day path query replace round scheme seconds similarity split sqrt stem
syn keyword watchwordFunction substring time_of_day to_int to_real to_text trim unique upper weekday within_domain
syn keyword watchwordFunction year

" behind a dot every word is a name, and a function only where it is called
syn match watchwordMember "\.\h\w*"
syn match watchwordSign "[-+*/<>=!~?]"
syn match watchwordNumber "\<\d[0-9_]*\(\.\d\+\)\=\w*%\="
syn match watchwordNumber "\<\d\{1,2}:\d\d\(:\d\d\)\=\>"
syn match watchwordNumber "\<\d\{4}-\d\d-\d\d\([T ]\d\d:\d\d\(:\d\d\(\.\d\+\)\=\)\=\(Z\|[+-]\d\d:\=\d\d\)\=\)\="
syn match watchwordEscape contained "\\."
syn region watchwordText start=+"+ end=+"\|$+ contains=watchwordEscape
syn match watchwordRawText +\<r"[^"]*"+
syn match watchwordName "`[^`]*`"
syn match watchwordComment "#.*$" contains=@Spell
syn match watchwordDoc "##.*$" contains=@Spell

hi def link watchwordDeclaration Keyword
hi def link watchwordClause Statement
hi def link watchwordOperator Operator
hi def link watchwordBoolean Boolean
hi def link watchwordLevel Constant
hi def link watchwordWindow Function
hi def link watchwordType Type
hi def link watchwordFunction Function
hi def link watchwordSign Operator
hi def link watchwordNumber Number
hi def link watchwordEscape SpecialChar
hi def link watchwordText String
hi def link watchwordRawText String
hi def link watchwordName Identifier
hi def link watchwordComment Comment
hi def link watchwordDoc SpecialComment

let b:current_syntax = "watchword"
