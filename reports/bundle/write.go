package bundle

import (
	"archive/zip"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/sign"
)

// The names in every bundle.
const (
	ReportName    = "report.pdf"
	ManifestName  = "evidence-manifest.json"
	sumsName      = "SHA256SUMS"
	signatureName = "SHA256SUMS.p7s"
	stampName     = "SHA256SUMS.p7s.tst"
	signerName    = "signer.pem"
	readmeName    = "README.txt"
	indexName     = "index.csv"
	pageName      = "index.html"
	evidenceFolder,
	documentFolder = "evidence", "documents"
)

// Source is where raw evidence is read from. A vault is one.
type Source interface {
	Snapshot(ctx context.Context, digest engine.Digest) (engine.Snapshot, error)
	// Body returns what has a digest and is small: a document, a result, the text of a policy.
	Body(ctx context.Context, digest engine.Digest) ([]byte, error)
	// OpenEvidence opens a file by its digest and fails at its end if it was changed.
	OpenEvidence(ctx context.Context, digest engine.Digest) (io.ReadSeekCloser, error)
}

// Contents is what goes into a bundle.
type Contents struct {
	Dossier  reports.Dossier
	Report   []byte // the PDF
	Manifest []byte // the list of evidence that travels in the report

	Signer crypto.Signer // nil leaves the list unsigned
	Chain  []*x509.Certificate
	Random io.Reader
	// Stamp carries a query to a time-stamp authority and brings the answer: the signature over
	// the list gets a time stamp. Nil leaves it without; Now is the time here.
	Stamp func(query []byte) (reply []byte, err error)
	Now   time.Time
	// Tell is told how many items of evidence are packed of how many; nil where nobody waits.
	Tell func(done, all int)
}

// Written is what a bundle came to hold.
type Written struct {
	Files   int      // all of them
	Raw     int      // items of evidence
	LeftOut []string // those that are not packed, with the reason
	Signed  bool
	Stamped bool
}

// writer packs files and remembers their digests.
type writer struct {
	Contents
	source Source
	zip    *zip.Writer
	sums   []sum
	packed map[string]bool // by name
	last   lastRead
	buffer []byte
	Written
}

// lastRead is the snapshot that was read last: many results share it.
type lastRead struct {
	snapshot   engine.Snapshot
	snapshotIs engine.Digest
}

// sum is a line of SHA256SUMS.
type sum struct {
	digest engine.Digest
	name   string
}

// Write packs a bundle into w.
func Write(ctx context.Context, w io.Writer, source Source, c Contents) (Written, error) {
	b := &writer{Contents: c, source: source, zip: zip.NewWriter(w), packed: map[string]bool{}, buffer: make([]byte, 256<<10)}
	if err := b.write(ctx); err != nil {
		return Written{}, fmt.Errorf("write bundle: %w", err)
	}
	return b.Written, nil
}

func (b *writer) write(ctx context.Context) error {
	if err := b.text(readmeName, []byte(b.readme())); err != nil {
		return err
	}
	if err := b.text(ReportName, b.Report); err != nil {
		return err
	}
	if err := b.text(ManifestName, b.Manifest); err != nil {
		return err
	}
	rows, err := b.evidence(ctx)
	if err != nil {
		return err
	}
	if err := b.index(rows); err != nil {
		return err
	}
	if b.Signer != nil {
		var chain strings.Builder
		for _, c := range b.Chain {
			chain.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
		}
		if err := b.text(signerName, []byte(chain.String())); err != nil {
			return err
		}
	}
	slices.SortFunc(b.sums, func(x, y sum) int { return strings.Compare(x.name, y.name) })
	var list strings.Builder
	for _, s := range b.sums {
		fmt.Fprintf(&list, "%s  %s\n", s.digest, s.name)
	}
	if err := b.text(sumsName, []byte(list.String())); err != nil {
		return err
	}
	if b.Signer != nil {
		signature, err := sign.Detach(b.Random, b.Signer, b.Chain, []byte(list.String()))
		if err != nil {
			return err
		}
		if err := b.text(signatureName, signature); err != nil {
			return err
		}
		b.Signed = true
		if err := b.stamp(signature); err != nil {
			return err
		}
	}
	return b.zip.Close()
}

// stamp packs the time stamp over the signature, where one is asked for.
func (b *writer) stamp(signature []byte) error {
	if b.Stamp == nil {
		return nil
	}
	token, err := sign.StampDetached(b.Random, b.Stamp, signature, b.Now)
	if err != nil {
		return err
	}
	b.Stamped = true
	return b.text(stampName, token)
}

// header is that of a file in a bundle. Its time is that of the report.
func header(name string, date time.Time) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: date.UTC().Truncate(2 * time.Second)}
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".zip", ".gz", ".tgz", ".xz", ".zst", ".7z", ".docx", ".xlsx", ".pptx", ".mp4", ".p7s", ".tst":
		h.Method = zip.Store // it is packed already
	}
	h.SetMode(0o644)
	return h
}

// text packs a file that is at hand.
func (b *writer) text(name string, text []byte) error {
	_, err := b.file(name, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	return err
}

// file packs one file. Its digest is noted while it streams by.
func (b *writer) file(name string, fill func(io.Writer) error) (engine.Digest, error) {
	if b.packed[name] {
		return engine.Digest{}, fmt.Errorf("%s: two files of that name", name)
	}
	to, err := b.zip.CreateHeader(header(name, b.Dossier.Date))
	if err != nil {
		return engine.Digest{}, fmt.Errorf("%s: %w", name, err)
	}
	digesting := digesting{to, sha256.New()}
	if err := fill(digesting); err != nil {
		return engine.Digest{}, fmt.Errorf("%s: %w", name, err)
	}
	digest := engine.Digest(digesting.sum.Sum(nil))
	b.packed[name] = true
	b.Files++
	b.sums = append(b.sums, sum{digest, name})
	return digest, nil
}

// digesting passes on what it digests.
type digesting struct {
	to  io.Writer
	sum hash.Hash
}

func (d digesting) Write(p []byte) (int, error) {
	n, err := d.to.Write(p)
	d.sum.Write(p[:n])
	return n, err
}

// evidence packs every item that may leave, and returns the rows of the index.
func (b *writer) evidence(ctx context.Context) ([]row, error) {
	places := placesOf(b.Dossier.Assessment)
	rows := make([]row, len(b.Dossier.Items))
	for done, i := range inOrderOfRuns(b.Dossier.Items) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if b.Tell != nil {
			b.Tell(done, len(rows))
		}
		item := b.Dossier.Items[i]
		rows[i] = row{item: item, bears: places.of(item.Evidence)}
		if why := withheld(item.Evidence); why != "" {
			rows[i].leftOut = why
			b.LeftOut = append(b.LeftOut, item.Label()+": "+why)
			continue
		}
		rows[i].name = nameOf(item.Evidence, rows[i].bears)
		digest, err := b.item(ctx, rows[i].name, item.Evidence)
		if err != nil {
			return nil, err
		}
		rows[i].digest = digest
		b.Raw++
	}
	return rows, nil
}

// withheld says why an item is not packed, "" if it is.
func withheld(item questionnaires.Evidence) string {
	switch {
	case item.Expunged != nil:
		return "it was " + item.Expunged.String()
	case item.Quarantined():
		return "it is quarantined: nobody decided yet on what was found in it"
	case item.File == nil && item.Result == nil:
		return "it has no content"
	}
	return ""
}

// inOrderOfRuns are the indices of items, those of one run together: a run is read once.
func inOrderOfRuns(items []reports.Item) []int {
	first := map[engine.Digest]int{}
	order := make([]int, len(items))
	at := func(i int) int {
		if items[i].Result == nil {
			return i
		}
		return first[items[i].Result.Run]
	}
	for i, item := range items {
		order[i] = i
		if item.Result == nil {
			continue
		}
		if _, known := first[item.Result.Run]; !known {
			first[item.Result.Run] = i
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return at(x) - at(y) })
	return order
}

// item packs one item of evidence.
func (b *writer) item(ctx context.Context, name string, item questionnaires.Evidence) (engine.Digest, error) {
	if item.File != nil {
		digest, err := b.file(name, func(w io.Writer) error {
			r, err := b.source.OpenEvidence(ctx, item.File.Digest)
			if err != nil {
				return err
			}
			_, err = io.CopyBuffer(onlyWriter{w}, onlyReader{r}, b.buffer)
			return errors.Join(err, r.Close())
		})
		if err == nil && digest != item.File.Digest {
			err = fmt.Errorf("%s: the vault holds another content than its history says", item.Label())
		}
		return digest, err
	}
	raw, err := b.result(ctx, item)
	if err != nil {
		return engine.Digest{}, fmt.Errorf("%s: %w", item.Label(), err)
	}
	raw.Files = map[string]string{}
	for _, digest := range raw.cites {
		document := path.Join(documentFolder, digest.String()+".json")
		raw.Files[digest.String()] = document
		if b.packed[document] {
			continue
		}
		body, err := b.source.Body(ctx, digest)
		if err != nil {
			return engine.Digest{}, fmt.Errorf("%s: %w", item.Label(), err)
		}
		if err := b.text(document, body); err != nil {
			return engine.Digest{}, err
		}
	}
	return b.file(name, raw.encode)
}

// result is a collected result. Its snapshot is kept until another is wanted.
func (b *writer) result(ctx context.Context, item questionnaires.Evidence) (Raw, error) {
	last := &b.last
	if last.snapshotIs != item.Result.Snapshot {
		snapshot, err := b.source.Snapshot(ctx, item.Result.Snapshot)
		if err != nil {
			return Raw{}, err
		}
		last.snapshot, last.snapshotIs = snapshot, item.Result.Snapshot
	}
	return rawOf(ctx, b.source, b.Dossier.Assessment.History(), last.snapshot, item)
}

// onlyWriter and onlyReader keep io.CopyBuffer to its buffer.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)
