package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/reports/export"
	"tickmark/vault"
)

// requestFormats are how a list of requests is written, by the ending of its file.
var requestFormats = map[string]func(export.RequestList, io.Writer) error{"xlsx": export.RequestList.WriteXLSX, "md": export.RequestList.WriteMarkdown}

func (d *door) requestExportVerb() *cobra.Command {
	var o opening
	var choice requestChoice
	var out string
	var formats []string
	verb := &cobra.Command{
		Use: "export VAULT -o FOLDER|FILE", Short: "Write what each owner is asked for, as a sheet and as Markdown", Args: cobra.ExactArgs(1),
		Long: `Writes the requests outside the vault, in the clear, because you asked for it: into a
folder one list for each owner, or with --owner one list into a file that ends with
.xlsx or .md. A list holds its requests and nothing else of the vault, and none of
its cells is a formula. From then on its numbers never move. What exists is not
overwritten.`,
		Example: "  tickmark request shop.vault export -o to-send/ --open\n" +
			"  tickmark request shop.vault export -o nadia.xlsx --owner Nadia",
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usagef("export requests: -o FOLDER or FILE is needed")
			}
			for _, format := range formats {
				if requestFormats[format] == nil {
					return usagef("export requests: --format %s is neither xlsx nor md", format)
				}
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			written, notice, err := d.sendRequests(cmd.Context(), v, a, choice, out, formats)
			if notice != "" {
				fmt.Fprintln(d.err, "notice: "+notice)
			}
			for _, f := range written {
				fmt.Fprintf(d.out, "%s  %d requests\n", kube.Printable(f.path), len(f.list.Requests))
			}
			return err
		},
	}
	o.flags(verb)
	choice.flags(verb)
	verb.Flags().StringVarP(&out, "output", "o", "", "`FOLDER` for a list of each owner, or FILE for one list")
	verb.Flags().StringSliceVar(&formats, "format", nil, "xlsx or md (repeatable; default: both in a folder, the file's ending else)")
	return verb
}

// sendRequests writes lists outside the vault, which notes them before: no list is sent
// whose numbers may move. It returns what it wrote, and what has to be said of that.
func (d *door) sendRequests(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, choice requestChoice, out string, formats []string) ([]requestFile, string, error) {
	today := questionnaires.DayOf(d.now())
	all := slices.DeleteFunc(choice.of(a.Requests(), today), func(r questionnaires.Request) bool { return r.Withdrawn })
	files, err := filesOfRequests(out, choice.owner, formats, listsOf(all, today))
	if err != nil {
		return nil, "", err
	}
	var drafts []questionnaires.Draft
	for _, f := range files {
		if f.records {
			drafts = append(drafts, a.ExportRequests(f.list.Owner, f.list.Requests))
		}
	}
	author, signs := v.Author()
	if signs {
		_, signs = a.History().Author(author.ID)
	}
	notice := ""
	if signs {
		if _, err := v.Append(ctx, drafts...); err != nil {
			return nil, "", err
		}
	} else {
		notice = "you cannot write to this vault, so it does not know that these lists went out and their numbers may move"
	}
	for i, f := range files {
		if err := f.write(); err != nil {
			return files[:i], notice, fmt.Errorf("export requests: %w", err)
		}
	}
	return files, notice, nil
}

// sendRequestsFromDesk is sendRequests of the workbench, into a folder.
func (d *door) sendRequestsFromDesk(ctx context.Context, v *vault.Vault, id questionnaires.ID, folder string, open bool) (string, error) {
	folder = fromHome(folder)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return "", fmt.Errorf("export requests: %s is no folder; make it first", folder)
	}
	a, err := d.assessmentOf(ctx, v, string(id))
	if err != nil {
		return "", err
	}
	written, notice, err := d.sendRequests(ctx, v, a, requestChoice{open: open}, folder, nil)
	said := counted(len(written), "list", "lists") + " written into " + folder
	if notice != "" {
		said += "; " + notice
	}
	return said, err
}

// listsOf is a list for each owner, however the name is capitalised, in order.
func listsOf(all []questionnaires.Request, today questionnaires.Day) []export.RequestList {
	var lists []export.RequestList
	for _, r := range all {
		i := slices.IndexFunc(lists, func(l export.RequestList) bool { return strings.EqualFold(l.Owner, r.Owner) })
		if i < 0 {
			i = len(lists)
			lists = append(lists, export.RequestList{Owner: r.Owner, Day: today})
		}
		lists[i].Requests = append(lists[i].Requests, r)
	}
	slices.SortStableFunc(lists, func(x, y export.RequestList) int { return strings.Compare(x.Owner, y.Owner) })
	return lists
}

// requestFile is one list in one format.
type requestFile struct {
	path, format string
	list         export.RequestList
	records      bool // it is the first of its list
}

// filesOfRequests are the files that lists are written to. None of them exists. A folder
// that is named as one, with a separator at its end, is made.
func filesOfRequests(out, owner string, formats []string, lists []export.RequestList) ([]requestFile, error) {
	if len(lists) == 0 {
		return nil, errors.New("export requests: there are none of that kind")
	}
	var files []requestFile
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(out), "."))
	if os.IsPathSeparator(out[len(out)-1]) {
		if err := os.Mkdir(out, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("export requests: %w", err)
		}
	}
	info, err := os.Stat(out)
	if err == nil && info.IsDir() {
		if len(formats) == 0 {
			formats = []string{"md", "xlsx"}
		}
		taken := map[string]int{}
		for _, list := range lists {
			name := fileNameOf(list.Owner)
			if taken[name]++; taken[name] > 1 {
				name = fmt.Sprintf("%s (%d)", name, taken[name])
			}
			for i, format := range slices.Compact(slices.Sorted(slices.Values(formats))) {
				files = append(files, requestFile{filepath.Join(out, "requests - "+name+"."+format), format, list, i == 0})
			}
		}
	} else {
		if len(formats) == 1 {
			ending = formats[0]
		}
		switch {
		case len(formats) > 1 || requestFormats[ending] == nil:
			return nil, withHint(usagef("export requests: %s is no folder, and no file that ends with .xlsx or .md", out), "make the folder first, or name a file")
		case owner == "":
			return nil, usagef("export requests: one file is for one owner: name them with --owner, or give a folder")
		}
		files = []requestFile{{out, ending, lists[0], true}}
	}
	for _, f := range files {
		if _, err := os.Lstat(f.path); err == nil {
			return nil, fmt.Errorf("export requests: %s exists", f.path)
		}
	}
	return files, nil
}

// fileNameOf is an owner's name as a part of a file's name that every system takes.
func fileNameOf(owner string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_", r) {
			return r
		}
		return '_'
	}, strings.TrimSpace(owner))
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60])
	}
	if name == "" {
		return "nobody yet"
	}
	return strings.ToLower(name)
}

// write makes the file, which must not be there.
func (f requestFile) write() error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(requestFormats[f.format](f.list, file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(f.path))
	}
	return nil
}
