package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/licensed"
	"tickmark/questionnaires/pci"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// loadingText is what `questionnaire text` is to do.
type loadingText struct {
	path, file, show string
	remove           bool
	format           string
}

func (d *door) questionnaireTextVerb() *cobra.Command {
	var o opening
	var l loadingText
	verb := &cobra.Command{
		Use: "text [FILE] --vault VAULT", Short: "Keep the standard's text that you have a licence for beside our wording", Args: cobra.MaximumNArgs(1),
		Long: `Keeps the standard's own text in a vault, from a file that you have a licence for:
JSON by requirement id, as an object or a list, or CSV with columns such as id, text,
testing and guidance. It takes the place of what was loaded before.

It is shown with --show and in the workbench, and nowhere else: no report or list
holds it, and a handoff leaves it out unless it is asked for. Without FILE it says
what is loaded. --remove takes it out for good. Ends with 3 where an id of the file
is no requirement, or the text did not come with a vault that was handed off.`,
		Example: "  tickmark questionnaire text pci-dss.csv --vault shop.vault\n  tickmark questionnaire text --vault shop.vault --show 1.2.1",
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen := 0
			for _, is := range []bool{len(args) > 0, l.show != "", l.remove} {
				if is {
					chosen++
				}
			}
			if l.path == "" {
				return usagef("licensed text: --vault VAULT is needed")
			}
			if chosen > 1 {
				return usagef("licensed text: want one of FILE, --show and --remove")
			}
			switch {
			case len(args) > 0:
				l.file = args[0]
				return d.loadText(cmd.Context(), o, l)
			case l.remove:
				return d.removeText(cmd.Context(), o, l)
			case l.show != "":
				return d.showText(cmd.Context(), o, l)
			}
			return d.aboutText(cmd.Context(), o, l)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&l.path, "vault", "", "`VAULT` that keeps it")
	verb.Flags().StringVar(&l.show, "show", "", "show what is loaded of a `REQUIREMENT`")
	verb.Flags().BoolVar(&l.remove, "remove", false, "take it out for good")
	outputFlag(verb, &l.format)
	return verb
}

// readLicensed reads the standard's text from a file.
func readLicensed(path string) (licensed.Loaded, *questionnaires.Catalogue, error) {
	f, err := os.Open(path)
	if err != nil {
		return licensed.Loaded{}, nil, fmt.Errorf("read %s: %w", path, withoutProgram(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, licensed.MaxSize+1))
	if err != nil {
		return licensed.Loaded{}, nil, fmt.Errorf("read %s: %w", path, withoutProgram(err))
	}
	standard, err := pci.Catalogue()
	if err != nil {
		return licensed.Loaded{}, nil, err
	}
	loaded, err := licensed.Read(standard, data)
	if err != nil {
		return licensed.Loaded{}, nil, fmt.Errorf("read %s: %w", path, err)
	}
	return loaded, standard, nil
}

// setText keeps a text that was read from a file.
func setText(ctx context.Context, v *vault.Vault, path string, loaded licensed.Loaded) error {
	_, err := v.SetText(ctx, questionnaires.LicensedText{Source: filepath.Base(path), Requirements: len(loaded.Requirements)}, loaded.Text)
	return err
}

func (d *door) loadText(ctx context.Context, o opening, l loadingText) error {
	loaded, standard, err := readLicensed(l.file)
	if err != nil {
		return err
	}
	v, err := d.open(ctx, l.path, o)
	if err != nil {
		return err
	}
	defer d.finish(ctx, v)
	if err := setText(ctx, v, l.file, loaded); err != nil {
		return err
	}
	if l.format == "json" {
		if err := json.NewEncoder(d.out).Encode(map[string]any{
			"requirements": len(loaded.Requirements), "of": len(standard.Requirements()), "unknown": append([]string{}, loaded.Unknown...),
		}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(d.out, "loaded the text of %d of %d requirements from %s\n", len(loaded.Requirements), len(standard.Requirements()), kube.Printable(l.file))
		if loaded.Headings > 0 {
			fmt.Fprintf(d.out, "left out %s of what stands above requirements\n", counted(loaded.Headings, "row", "rows"))
		}
		for _, id := range loaded.Unknown {
			fmt.Fprintf(d.out, "left out %q: it is no requirement of PCI DSS v4.0.1\n", kube.Printable(id))
		}
	}
	if len(loaded.Unknown) > 0 {
		return errAttention
	}
	return nil
}

func (d *door) removeText(ctx context.Context, o opening, l loadingText) error {
	v, err := d.open(ctx, l.path, o)
	if err != nil {
		return err
	}
	defer v.Close()
	line := d.progress()
	err = v.RemoveText(ctx, line.Bytes("compacting"))
	line.Done()
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, "removed the licensed text; nothing of it is left in the vault")
	return v.Close()
}

// licensedText reads the text of a vault.
func (d *door) licensedText(ctx context.Context, path string, o opening) (licensed.Loaded, error) {
	var loaded licensed.Loaded
	o.readOnly = true
	v, err := d.open(ctx, path, o)
	if err != nil {
		return loaded, err
	}
	defer v.Close()
	_, body, err := v.Text(ctx)
	if err == nil && body == nil {
		err = withHint(fmt.Errorf("read licensed text of %s: none is loaded", path), "`tickmark questionnaire text FILE --vault "+path+"` loads one that you have a licence for")
	} else if err == nil {
		err = json.Unmarshal(body, &loaded.Text)
	} else {
		err = fmt.Errorf("read licensed text of %s: %w", path, err)
	}
	return loaded, err
}

func (d *door) showText(ctx context.Context, o opening, l loadingText) error {
	id, err := questionnaires.ParseRequirementID(l.show)
	if err != nil {
		return usageError{err}
	}
	text, err := d.licensedText(ctx, l.path, o)
	if err != nil {
		return err
	}
	of, found := text.Of(id)
	if !found {
		return fmt.Errorf("show %s: the licensed text of %s says nothing of it", id, l.path)
	}
	if l.format == "json" {
		return json.NewEncoder(d.out).Encode(of)
	}
	standard, err := pci.Catalogue()
	if err != nil {
		return err
	}
	r, _ := standard.Requirement(id)
	fmt.Fprintf(d.out, "%s  %s\n", id, r.Title)
	for _, part := range []struct{ what, text string }{
		{"our question", r.Question}, {"licensed", of.Text}, {"testing", of.Testing}, {"guidance", of.Guidance},
	} {
		if part.text != "" {
			fmt.Fprintf(d.out, "%-12s %s\n", part.what, strings.Join(theme.CleanLines(part.text), "\n             "))
		}
	}
	return nil
}

// aboutText says what is loaded, without a word of it.
func (d *door) aboutText(ctx context.Context, o opening, l loadingText) error {
	o.readOnly = true
	v, err := d.open(ctx, l.path, o)
	if err != nil {
		return err
	}
	defer v.Close()
	text, body, err := v.Text(ctx)
	left := errors.Is(err, vault.ErrTextLeftOut)
	if err != nil && !left {
		return err
	}
	loaded := body != nil
	if l.format == "json" {
		if err := json.NewEncoder(d.out).Encode(map[string]any{
			"loaded": loaded, "leftOut": left, "source": text.Source, "requirements": text.Requirements,
		}); err != nil {
			return err
		}
	} else {
		switch {
		case left:
			fmt.Fprintf(d.out, "the text of %d requirements was left out when the vault was handed off; load your own\n", text.Requirements)
		case !loaded:
			fmt.Fprintln(d.out, "no licensed text is loaded")
		default:
			fmt.Fprintf(d.out, "the text of %d requirements, loaded from %s by %s at %s\n", text.Requirements, kube.Printable(text.Source),
				kube.Printable(text.Author.Name), text.Time.UTC().Format("2006-01-02 15:04 UTC"))
		}
	}
	if left {
		return errAttention
	}
	return nil
}
