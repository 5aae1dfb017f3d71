package screen

import (
	"context"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// Care is how a vault is archived, handed off, merged and sealed to others. Keys, cards and
// identities are not the desk's to read; nil where nothing reads them.
type Care struct {
	Archive func(context.Context, *vault.Vault, Giving, func(engine.Progress)) (Said, error)
	HandOff func(context.Context, *vault.Vault, Giving, func(engine.Progress)) (Said, error)
	// Merge takes in what another copy of the vault has.
	Merge           func(context.Context, *vault.Vault, Taking, func(engine.Progress)) (Said, error)
	AddRecipients   func(context.Context, *vault.Vault, Giving, func(engine.Progress)) (Said, error)
	RemoveRecipient func(context.Context, *vault.Vault, vault.Recipient, func(engine.Progress)) (Said, error)
	// Expunge takes out what is past its retention, if that is so many bodies.
	Expunge func(ctx context.Context, v *vault.Vault, bodies int, tell func(engine.Progress)) (Said, error)
	// Enrol gives the draft that enrols the author of a card.
	Enrol func(card string, h *questionnaires.History) (questionnaires.Draft, error)
}

// Giving is to whom a vault is given, and as what.
type Giving struct {
	To       []string // keys, files of keys, cards
	Label    string   // whose they are, for people
	File     string   // to be written
	Rehearse string   // a file with an identity that the archive is opened with
	Author   string   // a card, of whom the next team writes as
	Note     string
	Keep     bool // sealed to the present recipients as well
	WithText bool // the licensed text goes with it
}

// Taking is another copy of the vault, which is only read.
type Taking struct {
	File     string
	Identity string // a file with an identity that opens it; "" is what opened the vault
}

// Said is what something said when it had ended.
type Said struct {
	Lines     []string
	Attention bool // it is done, and something needs a person
}

// keeping is how the workpapers are kept, and who was given them.
type keeping struct {
	Keeping  questionnaires.Keeping
	Archives []questionnaires.Archive
	Handoffs []questionnaires.Handoff
}

func newKeepingOf(h *questionnaires.History, a *questionnaires.Assessment) (k keeping, err error) {
	if k.Keeping, err = a.Keeping(); err != nil {
		return k, err
	}
	if k.Archives, err = h.Archives(); err != nil {
		return k, err
	}
	k.Handoffs, err = h.Handoffs()
	return k, err
}

// namesOf names recipients in a line.
func namesOf(all []questionnaires.Recipient) string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.Name()
	}
	return strings.Join(names, ", ")
}
