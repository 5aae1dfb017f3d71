package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// Bounds of a folder that is taken in. A batch is saved at once.
const (
	maxDelivered  = 4 << 30 // of one file, in bytes
	maxDelivery   = 100_000 // files
	maxBatchFiles = 100
	maxBatchBytes = 64 << 20
	maxFileName   = 255
)

func (d *door) requestImportVerb() *cobra.Command {
	var o opening
	var format, how string
	verb := &cobra.Command{
		Use: "import VAULT FOLDER", Short: "Take in what the client sent, by the request numbers in its names", Args: cobra.ExactArgs(2),
		Long: `Takes the files of a folder in as evidence, byte for byte, and receives each for the
requests whose numbers its name or its folders have: "Req-12 - policy.pdf",
"Req-12/policy.pdf", "Req-12 Req-14 - both.pdf". Links, special files and files of
more than 4 GiB are refused, and what matches no request is listed; nothing of that
keeps the others from being taken in. It may be interrupted and run again: a file
that was received for its requests is not taken in twice. Ends with 3 if something
was refused or matched nothing.`,
		Example: "  tickmark request shop.vault import ~/from-nadia",
		RunE: func(cmd *cobra.Command, args []string) error {
			obtained, err := questionnaires.ParseObtained(how)
			if err != nil {
				return usageError{err}
			}
			root, err := os.OpenRoot(args[1])
			if err != nil {
				return fmt.Errorf("import %s: %w", args[1], withoutProgram(err))
			}
			defer root.Close()
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			i := &delivery{door: d, vault: v, assessment: a, root: root, obtained: obtained, line: d.progress(), quiet: format == "json"}
			return i.run(cmd.Context())
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&how, "obtained", "provided by the entity", "taken by the assessor, watched live, or provided by the entity")
	return verb
}

// delivery is one folder that is taken in.
type delivery struct {
	door        *door
	vault       *vault.Vault
	assessment  *questionnaires.Assessment
	root        *os.Root
	obtained    questionnaires.Obtained
	line        *progressLine
	quiet       bool
	held        map[engine.Digest][]heldFile
	batch       []arrival
	size        int64 // of the batch, in bytes
	done, total int64 // bytes of all files, which are read twice
	outcome     deliveryForm
}

// arrival is a file of the folder that names requests.
type arrival struct {
	path   string
	info   fs.FileInfo
	comes  []questionnaires.Request
	digest engine.Digest
}

// heldFile is evidence that was received, and the requests it was received for.
type heldFile struct {
	id  questionnaires.ID
	tag string // its label
	of  map[questionnaires.ID]bool
}

// deliveryForm is `request import -o json`.
type deliveryForm struct {
	Taken     []takenForm   `json:"taken"`
	Linked    []takenForm   `json:"linked"`  // was there for other requests
	Already   []takenForm   `json:"already"` // was there for all of them
	Unmatched []string      `json:"unmatched"`
	Refused   []refusedForm `json:"refused"`
}

type takenForm struct {
	File     string   `json:"file"`
	Evidence string   `json:"evidence"`
	Requests []string `json:"requests"`
}

type refusedForm struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

// run takes everything in. What it says of the folder is printed even if it is
// interrupted.
func (i *delivery) run(ctx context.Context) error {
	i.outcome = deliveryForm{Taken: []takenForm{}, Linked: []takenForm{}, Already: []takenForm{}, Unmatched: []string{}, Refused: []refusedForm{}}
	i.hold()
	files, err := i.look(ctx)
	for _, f := range files {
		if err == nil {
			err = i.take(ctx, f)
		}
	}
	if err == nil {
		err = i.save(ctx)
	}
	i.line.Done()
	if err := errors.Join(err, i.print()); err != nil {
		return err
	}
	if len(i.outcome.Unmatched)+len(i.outcome.Refused) > 0 {
		return errAttention
	}
	return nil
}

// hold notes what was received before.
func (i *delivery) hold() {
	i.held = map[engine.Digest][]heldFile{}
	known := map[questionnaires.ID]heldFile{}
	for _, r := range i.assessment.Requests() {
		for _, id := range r.Evidence {
			item, there := i.assessment.Evidence(id)
			if !there || item.Expunged != nil {
				continue
			}
			h, before := known[id]
			if !before {
				h = heldFile{id: id, tag: item.Label(), of: map[questionnaires.ID]bool{}}
				known[id] = h
				i.held[item.Digest()] = append(i.held[item.Digest()], h)
			}
			h.of[r.ID] = true
		}
	}
}

// refuse says why a file stays where it is.
func (i *delivery) refuse(path, reason string) {
	i.outcome.Refused = append(i.outcome.Refused, refusedForm{path, reason})
}

// look walks the folder and returns what names requests, those of one request together.
func (i *delivery) look(ctx context.Context) ([]arrival, error) {
	var files []arrival
	seen := 0
	err := fs.WalkDir(i.root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			i.refuse(path, withoutProgram(err).Error())
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		if seen++; seen > maxDelivery {
			return fmt.Errorf("import: more than %d files; import its folders one by one", maxDelivery)
		}
		if f, takes := i.lookAt(path, entry); takes {
			i.total += 2 * f.info.Size()
			files = append(files, f)
		}
		return nil
	})
	return files, err
}

// lookAt decides on one file by its name and kind.
func (i *delivery) lookAt(path string, entry fs.DirEntry) (arrival, bool) {
	info, err := entry.Info()
	name := entry.Name()
	switch {
	case err != nil:
		i.refuse(path, withoutProgram(err).Error())
	case info.Mode()&fs.ModeSymlink != 0:
		i.refuse(path, "it is a symbolic link")
	case !info.Mode().IsRegular():
		i.refuse(path, "it is no regular file")
	case name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini" || strings.HasPrefix(name, "~$"):
		i.refuse(path, "a program left it there; it is no evidence")
	case info.Size() > maxDelivered:
		i.refuse(path, fmt.Sprintf("%d bytes, at most %d are taken in at once; `tickmark attach` takes longer files", info.Size(), int64(maxDelivered)))
	default:
		if err := questionnaires.CheckText("file name", name, maxFileName); err != nil {
			i.refuse(path, err.Error())
			return arrival{}, false
		}
		named := i.assessment.RequestsNamed(path)
		for _, unknown := range named.Unknown {
			if len(named.For) > 0 {
				unknown += "; it is taken in for " + strings.Join(labelsOf(named.For), ", ")
			}
			i.refuse(path, unknown)
		}
		if len(named.For) == 0 && len(named.Unknown) == 0 {
			i.outcome.Unmatched = append(i.outcome.Unmatched, path)
		}
		return arrival{path: path, info: info, comes: named.For}, len(named.For) > 0
	}
	return arrival{}, false
}

// take reads a file once for its digest, and puts it into the batch unless it was
// received before.
func (i *delivery) take(ctx context.Context, f arrival) error {
	sum := sha256.New()
	err := i.read(ctx, f, func(r io.Reader) error {
		_, err := io.Copy(sum, io.LimitReader(r, maxDelivered+1))
		return err
	})
	i.done += f.info.Size()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		i.refuse(f.path, withoutProgram(err).Error())
		return nil
	}
	f.digest = engine.Digest(sum.Sum(nil))
	if t, gone := i.assessment.History().Tombstone(f.digest); gone {
		i.refuse(f.path, "it was "+t.String())
		return nil
	}
	for _, other := range i.batch {
		if other.digest == f.digest {
			if err := i.save(ctx); err != nil {
				return err
			}
			break
		}
	}
	if held, is := i.find(f); is {
		i.done += f.info.Size()
		return i.link(ctx, f, held)
	}
	i.batch, i.size = append(i.batch, f), i.size+f.info.Size()
	if len(i.batch) >= maxBatchFiles || i.size >= maxBatchBytes {
		return i.save(ctx)
	}
	return nil
}

// find returns what was received with the same bytes for one of the file's requests.
func (i *delivery) find(f arrival) (heldFile, bool) {
	for _, h := range i.held[f.digest] {
		for _, r := range f.comes {
			if h.of[r.ID] {
				return h, true
			}
		}
	}
	return heldFile{}, false
}

// link receives evidence that is there for those of a file's requests that lack it.
func (i *delivery) link(ctx context.Context, f arrival, held heldFile) error {
	var drafts []questionnaires.Draft
	var labels []string
	for _, r := range f.comes {
		if !held.of[r.ID] {
			drafts, labels = append(drafts, i.assessment.Delivery(r, held.id)), append(labels, r.Label())
		}
	}
	if len(drafts) == 0 {
		i.outcome.Already = append(i.outcome.Already, takenForm{f.path, held.tag, labelsOf(f.comes)})
		return nil
	}
	if _, err := i.vault.Append(ctx, drafts...); err != nil {
		return err
	}
	for _, r := range f.comes {
		held.of[r.ID] = true
	}
	i.outcome.Linked = append(i.outcome.Linked, takenForm{f.path, held.tag, labels})
	return nil
}

// save takes the batch in. If that fails for one of its files, the others are taken in
// all the same.
func (i *delivery) save(ctx context.Context) error {
	batch, before := i.batch, i.done
	i.batch, i.size = nil, 0
	if len(batch) == 0 {
		return nil
	}
	err := i.put(ctx, batch)
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case len(batch) == 1:
		if errors.Is(err, vault.ErrReadOnly) || errors.Is(err, vault.ErrNotEnrolled) || errors.Is(err, vault.ErrPoisoned) {
			return err
		}
		i.refuse(batch[0].path, err.Error())
		return nil
	}
	i.done = before
	for _, f := range batch {
		i.batch = []arrival{f}
		if err := i.save(ctx); err != nil {
			return err
		}
	}
	return nil
}

// put takes files in and receives them, by one save.
func (i *delivery) put(ctx context.Context, batch []arrival) error {
	files := make([]vault.File, len(batch))
	for n, f := range batch {
		files[n] = vault.File{
			Name: f.path, Open: func() (io.ReadCloser, error) { return i.open(ctx, f) },
			Item: questionnaires.Evidence{
				Requirements: questionnaires.RequirementsOf(f.comes), File: &questionnaires.FileSource{Obtained: i.obtained},
			},
		}
	}
	items, err := i.vault.PutFiles(ctx, files, func(items []questionnaires.Evidence) []questionnaires.Draft {
		var order []questionnaires.Request
		of := map[questionnaires.ID][]questionnaires.ID{}
		for n, f := range batch {
			for _, r := range f.comes {
				if of[r.ID] == nil {
					order = append(order, r)
				}
				of[r.ID] = append(of[r.ID], items[n].ID)
			}
		}
		drafts := make([]questionnaires.Draft, len(order))
		for n, r := range order {
			drafts[n] = i.assessment.Delivery(r, of[r.ID]...)
		}
		return drafts
	})
	if err != nil {
		return err
	}
	for n, f := range batch {
		h := heldFile{id: items[n].ID, tag: items[n].Label(), of: map[questionnaires.ID]bool{}}
		for _, r := range f.comes {
			h.of[r.ID] = true
		}
		digest := items[n].Digest()
		i.held[digest] = append(i.held[digest], h)
		i.outcome.Taken = append(i.outcome.Taken, takenForm{f.path, h.tag, labelsOf(f.comes)})
	}
	return nil
}

// print says what became of every file.
func (i *delivery) print() error {
	o := i.outcome
	if i.quiet {
		return json.NewEncoder(i.door.out).Encode(o)
	}
	row := func(word string, t takenForm) {
		fmt.Fprintf(i.door.out, "%s  %s  %s  %s\n", word, t.Evidence, strings.Join(t.Requests, ", "), kube.Printable(t.File))
	}
	for _, t := range o.Taken {
		row("taken", t)
	}
	for _, t := range o.Linked {
		row("there, received now", t)
	}
	for _, t := range o.Already {
		row("there already", t)
	}
	for _, path := range o.Unmatched {
		fmt.Fprintf(i.door.out, "no request  %s\n", kube.Printable(path))
	}
	for _, r := range o.Refused {
		fmt.Fprintf(i.door.out, "refused  %s: %s\n", kube.Printable(r.File), kube.Printable(r.Reason))
	}
	fmt.Fprintf(i.door.out, "%d taken in, %d there already, %d match no request, %d refused\n", len(o.Taken), len(o.Already)+len(o.Linked), len(o.Unmatched), len(o.Refused))
	return nil
}

func labelsOf(requests []questionnaires.Request) []string {
	labels := make([]string, len(requests))
	for n, r := range requests {
		labels[n] = r.Label()
	}
	return labels
}

// open opens a file as it was seen: no link, no other file in its place.
func (i *delivery) open(ctx context.Context, f arrival) (io.ReadCloser, error) {
	file, err := i.root.Open(f.path)
	if err != nil {
		return nil, withoutProgram(err)
	}
	info, err := file.Stat()
	if err == nil && (!info.Mode().IsRegular() || !os.SameFile(info, f.info)) {
		err = errors.New("another file was put in its place")
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	before, show := i.done, i.line.Bytes("taking in")
	return &arriving{Reader: follow(file, func(done, _ int64) { i.done = before + done; show(i.done, i.total) }), file: file, ctx: ctx}, nil
}

// read opens a file, hands it on and closes it.
func (i *delivery) read(ctx context.Context, f arrival, use func(io.Reader) error) error {
	before := i.done
	defer func() { i.done = before }()
	file, err := i.open(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(use(file), file.Close())
}

// arriving is a file that is read until its context ends.
type arriving struct {
	io.Reader
	file *os.File
	ctx  context.Context // of the reading: io.Reader takes none
}

// Read follows io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.Reader.Read(p)
}

// Close follows io.Closer.
func (a *arriving) Close() error { return a.file.Close() }
