package bundle

import (
	"fmt"
	"strings"
	"time"

	"tickmark/reports"
)

// stampQuestion is how to check the time stamp. Its certificates stand outside the folder, where
// they disturb no other check.
const stampQuestion = `
4. When was the list signed? It has to say that the verification is OK, and prints the
time that the time-stamp authority vouches for.

    openssl pkcs7 -inform DER -in SHA256SUMS.p7s.tst -print_certs -out ../time-stamp.pem
    openssl ts -verify -token_in -in SHA256SUMS.p7s.tst -data SHA256SUMS.p7s -CAfile ../time-stamp.pem -partial_chain
    openssl ts -reply -token_in -in SHA256SUMS.p7s.tst -token_out -text

The certificates come out of the stamp itself, and that proves no more than those of the
signer do. With the authority's own certificate as -CAfile it proves the time.
`

// readme says what is in the bundle and how to check it without this program. Its
// commands are the indented lines.
func (b *writer) readme() string {
	var t strings.Builder
	a := b.Dossier.Assessment
	fmt.Fprintf(&t, `EVIDENCE PACKAGE

Entity      %s
Assessment  %s
Date        %s
Head        %s

This package is no official form of the PCI Security Standards Council. It holds a
report and what the report rests on, as it stood on the day above.

  report.pdf              the report
  index.html, index.csv   all evidence, by number and requirement
  evidence/               the evidence itself, in the folder of the first requirement
                          that it bears on: files as they were, results as JSON
  documents/              the documents that results cite; each is named by its digest
  evidence-manifest.json  digests and provenance, as they travel inside the report
  SHA256SUMS              the digest of every other file

What was removed from the records, and files in which something was found on which
nobody decided yet, are not here. The index names them.

HOW TO CHECK IT WITHOUT TICKMARK

Unpack everything into an empty folder and go there. A few questions, with tools that
every Unix system has:

1. Is every file what the list says? Each line has to end with OK.

    sha256sum -c SHA256SUMS

2. Is anything there that the list does not name, or the other way? It has to print
   nothing.

`, reports.Line(a.Entity), reports.Line(a.Details.Name), b.Dossier.Date.UTC().Format(time.DateOnly), a.Head)
	fmt.Fprintf(&t, "    %s\n", unlisted(b.Signer != nil, b.Stamp != nil))
	if b.Signer == nil {
		t.WriteString("\n3. Who signed the list? Nobody: it tells damage from what is whole, and nothing more.\n")
		return t.String()
	}
	t.WriteString(`
3. Who signed the list? It has to say that the verification was successful.

    openssl cms -verify -binary -inform DER -in SHA256SUMS.p7s -content SHA256SUMS -CAfile signer.pem -partial_chain -purpose any -out /dev/null

That proves that the list was signed with the key of the certificate in signer.pem, and
not whose key that is: whoever changes the package can put another certificate there.
Compare its fingerprint with what the signer tells you another way.

    openssl x509 -in signer.pem -noout -subject -fingerprint -sha256
`)
	if b.Stamp != nil {
		t.WriteString(stampQuestion)
	}
	t.WriteString(`
The report is signed by itself as well; every reader that knows signatures in PDF shows
by whom. With Tickmark one command checks all of this, without unpacking and without a
network:  tickmark verify PACKAGE.zip
`)
	return t.String()
}

// unlisted is the command that prints what the list names and is not there, or the other way. The
// signature and its stamp cannot be in the list: that they belong to the package stands here.
func unlisted(signed, stamped bool) string {
	names := "echo " + sumsName
	if signed {
		names += "; echo " + signatureName
	}
	if stamped {
		names += "; echo " + stampName
	}
	return "{ sed 's/^[0-9a-f]*  //' " + sumsName + "; " + names + "; find . -type f | sed 's|^\\./||'; } | LC_ALL=C sort | uniq -u"
}
