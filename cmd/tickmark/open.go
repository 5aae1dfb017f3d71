package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/theme"
	"tickmark/vault"
)

func (d *door) openVerb() *cobra.Command {
	var o opening
	var s source
	verb := &cobra.Command{
		Use:   "open VAULT",
		Short: "Open the workbench",
		Long: `Opens the workbench on a vault. --context, --manifests, --dump and --import name what
it collects from, --policies what it evaluates besides the built-in checks; more can be
named there. Without an author's key, or with --read-only, nothing can be changed.`,
		Example: "  tickmark open shop.vault --context prod-eu\n  tickmark open shop.vault --import trivy.json --policies policies/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.readOwn(&s.chosen); err != nil {
				return err
			}
			s.allowExec = o.allowExec
			if cmd.Flags().Changed("target") {
				s.looked = s.target
			}
			collectors, err := d.collectors(s)
			if err != nil {
				return err
			}
			return d.workbench(cmd.Context(), args[0], o, s.chosen, collectors...)
		},
	}
	o.flags(verb)
	s.flags(verb)
	s.chosen.ownFlags(verb)
	allowSwapFlag(verb, &o.allowSwap)
	verb.Flags().StringArrayVar(&s.manifests, "manifests", nil, "`PATH` of manifests that the workbench collects from (repeatable)")
	verb.Flags().StringVar(&s.target, "target", "manifests", "`NAME` that the target of manifests gets, and what an imported file is of that does not say")
	verb.Flags().BoolVar(&o.readOnly, "read-only", false, "change nothing, and lock nothing")
	return verb
}

// workbench opens the desk on a vault and returns when the person leaves it.
func (d *door) workbench(ctx context.Context, path string, o opening, of chosen, collectors ...engine.Collector) error {
	if !d.terminal(d.out) {
		return withHint(fmt.Errorf("open %s: the workbench needs a terminal", path), "every action is a verb too: see `tickmark help`")
	}
	d.guard()
	sealed, err := sealedByPassphrase(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	ask := sealed && o.passphraseFile == ""
	var opened *vault.Vault
	defer func() {
		if opened != nil {
			d.finish(ctx, opened)
		}
	}()
	if !ask {
		// Refusals are better said on the plain terminal than on a desk with nothing on it.
		if opened, err = d.open(ctx, path, o); err != nil {
			return err
		}
		if _, _, err := opened.Origin(ctx); err != nil {
			return err
		}
	}
	w, err := d.bench(path, o, of, collectors, &opened)
	if err != nil {
		return err
	}
	w.AskPassphrase = ask
	if _, err := d.editor(); err != nil {
		w.NoEditor = err.Error()
	} else {
		w.Editor = func(text string) (string, error) {
			text, err := d.edit(ctx, text, o.allowSwap)
			var h hinted
			if errors.As(err, &h) {
				err = fmt.Errorf("%w; %s", err, h.hint)
			}
			return text, err
		}
	}
	d.visits.silence()
	return tui.Run(ctx, tui.Options{Input: d.in, Output: d.screen(), Theme: theme.Detect(d.screen()), First: screen.NewUnlock(ctx, w)})
}

// bench is what the screens get. *opened is the vault once it is open.
func (d *door) bench(path string, o opening, of chosen, collectors []engine.Collector, opened **vault.Vault) (screen.Workbench, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return screen.Workbench{}, err
	}
	registry, err := of.registry()
	if err != nil {
		return screen.Workbench{}, err
	}
	return screen.Workbench{
		Path: path, Assessment: o.assessment, OnlyRead: o.readOnly, Catalogue: catalogue, Now: d.now,
		Files:      d.files(o),
		Care:       d.care(path, o),
		Papers:     d.papers(path, o),
		NewID:      func() (questionnaires.ID, error) { return questionnaires.NewID(d.random) },
		Collection: vault.Collection{Collectors: collectors, Checks: registry, Params: engine.Params{Custom: of.values}, Tool: tool(), Known: engine.NewEvaluation()},
		Open: func(ctx context.Context, passphrase string) (*vault.Vault, error) {
			if *opened == nil {
				v, err := d.openWith(ctx, path, o, passphrase)
				if err != nil {
					return nil, err
				}
				*opened = v
			}
			return *opened, d.noteOpening(ctx, *opened)
		},
	}, nil
}

// files read what a person names in the workbench.
func (d *door) files(o opening) screen.Files {
	return screen.Files{
		Sources:  func(n screen.NamedSource) ([]engine.Collector, error) { return d.sourceFromDesk(o, n) },
		Policies: d.policiesFromDesk,
		Define: func(path string, history *questionnaires.History) (questionnaires.Draft, error) {
			f, err := d.formOfFile(history, path)
			if err == nil && len(f.defines) == 0 {
				err = questionnaires.ErrUnchanged
			}
			if err != nil {
				return questionnaires.Draft{}, err
			}
			return f.defines[0], nil
		},
		LoadText: func(ctx context.Context, v *vault.Vault, path string) (string, error) {
			loaded, standard, err := readLicensed(path)
			if err != nil {
				return "", err
			}
			said := fmt.Sprintf("loaded the text of %d of %d requirements", len(loaded.Requirements), len(standard.Requirements()))
			if n := len(loaded.Unknown); n > 0 {
				said += fmt.Sprintf("; %s left out that are none", counted(n, "id is", "ids are"))
			}
			return said, setText(ctx, v, path, loaded)
		},
		File: func(path string, tell func(done, total int64)) vault.File { return fileAt(fromHome(path), tell) },
		Folder: func(path string) (*os.Root, error) {
			folder, err := os.OpenRoot(fromHome(path))
			if err != nil {
				return nil, fmt.Errorf("take in %s: %w", path, withoutProgram(err))
			}
			return folder, nil
		},
		SendRequests: d.sendRequestsFromDesk, ExportCalendar: d.exportCalendarFromDesk,
	}
}

// fromHome is a path that a person typed where no shell reads it.
func fromHome(path string) string {
	path = strings.TrimSpace(path)
	if rest, is := strings.CutPrefix(path, "~/"); is {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// noteOpening writes into the side log that somebody sat down at the vault. Who only
// reads, or is not enrolled, leaves no note.
func (d *door) noteOpening(ctx context.Context, v *vault.Vault) error {
	if v.ReadOnly() {
		return nil
	}
	_, err := v.Append(ctx, questionnaires.Draft{Action: questionnaires.VaultOpened, Subject: "workbench", Payload: tool()})
	if errors.Is(err, vault.ErrNotEnrolled) {
		return nil
	}
	return err
}

// openWith opens a vault with a passphrase that was typed.
func (d *door) openWith(ctx context.Context, path string, o opening, passphrase string) (*vault.Vault, error) {
	with := *d
	with.askPass = func(string) ([]byte, error) { return []byte(passphrase), nil }
	return with.open(ctx, path, o)
}
