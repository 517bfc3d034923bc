/* What trust begins with: src/sigstore/roots.S
   Assembled, not generated: the bytes in the program are the bytes of the files in roots/ (`trusted-roots --write` makes them). */
	.macro embed symbol, file
	.global \symbol
	.global \symbol\()_end
\symbol:
	.incbin "\file"
\symbol\()_end:
	.byte 0
	.endm

	.section .rodata
	embed acr_root_public_good, sigstore/roots/public_good.json
	embed acr_root_github, sigstore/roots/github.json
	embed acr_initial_root_public_good, sigstore/roots/public_good.root.json
	embed acr_initial_root_github, sigstore/roots/github.root.json
	embed acr_built_in, sigstore/roots/built_in.json
	.section .note.GNU-stack,"",%progbits
