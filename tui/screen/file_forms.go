package screen

import (
	"context"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// Files are how a person's own files come into the vault. What reads them is not the
// desk's; nil where nothing does.
type Files struct {
	// Define gives the draft that takes in a questionnaire of an organisation's own,
	// ErrUnchanged where the vault holds it.
	Define func(path string, history *questionnaires.History) (questionnaires.Draft, error)
	// LoadText keeps the standard's text that the person has a licence for, and says how
	// much of it there was.
	LoadText func(ctx context.Context, v *vault.Vault, path string) (string, error)
	// File is the file of a path, which tells how much of it was read.
	File func(path string, tell func(done, total int64)) vault.File
	// Folder opens a folder that a client sent.
	Folder func(path string) (*os.Root, error)
	// SendRequests writes what each owner is asked for into a folder, as the vault
	// records, and says what it wrote; with open only what the client owes.
	SendRequests func(ctx context.Context, v *vault.Vault, assessment questionnaires.ID, folder string, open bool) (string, error)
	// Sources gives the collectors of a source that a person names, or refuses it.
	Sources func(NamedSource) ([]engine.Collector, error)
	// Policies reads policies of the organisation's own, and gives all that is evaluated.
	Policies func(OwnPolicies) (Evaluated, error)
	// ExportCalendar writes what is due into a new file, and says what it wrote.
	ExportCalendar func(ctx context.Context, v *vault.Vault, assessment questionnaires.ID, path string) (string, error)
}

// fileKeys take in what a file has: a questionnaire, or the standard's own text.
func fileKeys(d *Desk) []Binding {
	why := d.fixed()
	if why == "" && d.Files.Define == nil {
		why = "nothing reads files here"
	}
	return []Binding{
		{Keys: []string{"n"}, Label: "own", Help: "take in a questionnaire of your own from its file", Why: why, Do: func() tea.Cmd { return push(defineForm(d)) }},
		{Keys: []string{"t"}, Label: "text", Help: "load the standard's text that you have a licence for, to stand beside our words", Why: why, Do: func() tea.Cmd { return push(textForm(d)) }},
	}
}

// named is the path of a file.
type named struct{ path string }

func fileForm(d *Desk, crumb, about, help string, value *named, send sending) *Form {
	send.form = formKey(crumb)
	return heldForm(d, crumb, about, value, func(*Picture) []blank[named] {
		return []blank[named]{line("File", help, true, func(n *named) *string { return &n.path })}
	}, send)
}

func defineForm(d *Desk) *Form {
	value := &named{}
	return fileForm(d, "Own questionnaire",
		"Takes a questionnaire of your organisation's own into the vault, which then needs the file no more. `tickmark questionnaire new` begins one, `lint` says what is wrong with it.",
		"Its YAML file, as a path.", value, sending{label: "take in", help: "take the questionnaire in", said: "taken in: it stands among the questionnaires", rule: func() rule {
			path := value.path
			return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				return d.Files.Define(path, a.History())
			}
		}})
}

func textForm(d *Desk) *Form {
	value := &named{}
	return fileForm(d, "Licensed text",
		"Keeps the standard's text beside our words: a page of its own at each question, in no report, and in no handoff unless that is asked for.",
		"A JSON or CSV file by requirement id that you have a licence for, as a path.", value, sending{label: "load", help: "load the text", work: func(asked any) job {
			path := value.path
			return func() changed {
				said, err := d.Files.LoadText(d.ctx, d.vault, path)
				if err != nil {
					return changed{err: err, asked: asked}
				}
				picture, err := d.look()
				return changed{picture: picture, err: err, said: said, asked: asked}
			}
		}})
}
