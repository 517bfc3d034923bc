/* Stand-ins for the Kerberos functions that Debian 13's libgit2 names for HTTP authentication. Debian has no archive of that
   library, and libgit2 is never used on the network here, so a static program needs the names but never a call:
   each ends the program. Linked in only with ACR_STATIC; types are left out because nobody passes anything. */
#include <stdlib.h>

#define ABSENT(name) \
  __attribute__((noreturn)) void name(void) { abort(); }

void *GSS_C_NT_HOSTBASED_SERVICE;

#define DECLARE(name) __attribute__((noreturn)) void name(void);
#define EACH(do)                                                                                                    \
  do(gss_delete_sec_context) do(gss_display_status) do(gss_import_name) do(gss_indicate_mechs) do(gss_init_sec_context) \
  do(gss_release_buffer) do(gss_release_name) do(gss_release_oid_set)

EACH(DECLARE)
EACH(ABSENT)
