package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

func (d *door) attachVerb() *cobra.Command {
	var o opening
	var requirements []string
	var title, obtained string
	verb := &cobra.Command{
		Use: "attach VAULT FILE --requirement REQUIREMENT", Short: "Take a file in as evidence, byte for byte", Args: cobra.ExactArgs(2),
		Long: `Takes a file of at most 64 GiB in as evidence, byte for byte. It may be interrupted:
then the vault is as it was.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			item := questionnaires.Evidence{Title: title, File: &questionnaires.FileSource{Obtained: obtained}}
			for _, text := range requirements {
				id, err := questionnaires.ParseRequirementID(text)
				if err != nil {
					return usageError{err}
				}
				item.Requirements = append(item.Requirements, id)
			}
			f, err := os.Open(args[1])
			if err != nil {
				return fmt.Errorf("attach: %w", err)
			}
			defer f.Close()
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			line := d.progress()
			taken, err := v.PutEvidence(cmd.Context(), item, f.Name(), follow(f, line.Bytes("taking in")))
			line.Done()
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "%s  %s, %d bytes, SHA-256 %s\n", taken.Label(), kube.Printable(taken.File.Name), taken.File.Size, taken.File.Digest)
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringSliceVar(&requirements, "requirement", nil, "`REQUIREMENT` it serves (repeatable)")
	verb.Flags().StringVar(&title, "title", "", "what it is (default: the file's name)")
	verb.Flags().StringVar(&obtained, "obtained", "provided by the entity", "taken by the assessor, watched live, or provided by the entity")
	return verb
}

// followed is a file that tells how much of it was read.
type followed struct {
	file        *os.File
	done, total int64
	tell        func(done, total int64)
}

// follow watches the reading of a file. What has no length, such as a pipe, is read
// without being watched.
func follow(f *os.File, tell func(done, total int64)) io.Reader {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return f
	}
	return &followed{file: f, total: info.Size(), tell: tell}
}

// Read follows io.Reader.
func (f *followed) Read(p []byte) (int, error) {
	n, err := f.file.Read(p)
	f.done += int64(n)
	f.tell(f.done, max(f.done, f.total))
	return n, err
}

// Seek follows io.Seeker.
func (f *followed) Seek(offset int64, whence int) (int64, error) {
	at, err := f.file.Seek(offset, whence)
	if err == nil {
		f.done = at
	}
	return at, err
}
