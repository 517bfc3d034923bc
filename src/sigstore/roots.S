/* The two trusted roots that are part of the program: src/sigstore/roots.S
   Assembled, not generated: the bytes in the program are the bytes of the files in roots/. */
	.section .rodata
	.global acr_root_public_good
	.global acr_root_public_good_end
acr_root_public_good:
	.incbin "sigstore/roots/public_good.json"
acr_root_public_good_end:
	.byte 0
	.global acr_root_github
	.global acr_root_github_end
acr_root_github:
	.incbin "sigstore/roots/github.json"
acr_root_github_end:
	.byte 0
	.section .note.GNU-stack,"",%progbits
