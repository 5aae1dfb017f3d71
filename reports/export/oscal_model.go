package export

import "github.com/google/uuid"

// The parts of OSCAL's model of assessment results that are written, in its order.
type (
	oscalMetadata struct {
		Title    string       `json:"title"`
		Modified string       `json:"last-modified"`
		Version  string       `json:"version"`
		OSCAL    string       `json:"oscal-version"`
		Props    []oscalProp  `json:"props,omitempty"`
		Parties  []oscalParty `json:"parties,omitempty"`
		Remarks  string       `json:"remarks,omitempty"`
	}
	oscalParty struct {
		UUID uuid.UUID `json:"uuid"`
		Type string    `json:"type"`
		Name string    `json:"name,omitempty"`
	}
	oscalProp struct {
		Name  string `json:"name"`
		NS    string `json:"ns"`
		Value string `json:"value"`
	}
	oscalPlan struct {
		Href    string `json:"href"`
		Remarks string `json:"remarks,omitempty"`
	}
	// oscalResult is what a result says of itself.
	oscalResult struct {
		UUID        uuid.UUID `json:"uuid"`
		Title       string    `json:"title"`
		Description string    `json:"description"`
		Start       string    `json:"start"`
		End         string    `json:"end,omitempty"`
	}
	oscalComponent struct {
		UUID        uuid.UUID   `json:"uuid"`
		Type        string      `json:"type"`
		Title       string      `json:"title"`
		Description string      `json:"description"`
		Props       []oscalProp `json:"props,omitempty"`
		Status      oscalState  `json:"status"`
	}
	oscalState struct {
		State   string `json:"state"`
		Reason  string `json:"reason,omitempty"`
		Remarks string `json:"remarks,omitempty"`
	}
	oscalInventory struct {
		UUID        uuid.UUID         `json:"uuid"`
		Description string            `json:"description"`
		Props       []oscalProp       `json:"props,omitempty"`
		Components  []oscalImplements `json:"implemented-components,omitempty"`
	}
	oscalImplements struct {
		UUID uuid.UUID `json:"component-uuid"`
	}
	oscalReviewed struct {
		Selections []oscalSelection `json:"control-selections"`
	}
	oscalSelection struct {
		Include []oscalControl `json:"include-controls,omitempty"`
	}
	oscalControl struct {
		ID string `json:"control-id"`
	}
	oscalAttestation struct {
		Parts []oscalPart `json:"parts"`
	}
	oscalPart struct {
		Name  string `json:"name"`
		Prose string `json:"prose"`
	}
	oscalObservation struct {
		UUID        uuid.UUID       `json:"uuid"`
		Title       string          `json:"title"`
		Description string          `json:"description"`
		Props       []oscalProp     `json:"props,omitempty"`
		Methods     []string        `json:"methods"`
		Types       []string        `json:"types,omitempty"`
		Origins     []oscalOrigin   `json:"origins,omitempty"`
		Subjects    []oscalSubject  `json:"subjects,omitempty"`
		Evidence    []oscalEvidence `json:"relevant-evidence,omitempty"`
		Collected   string          `json:"collected"`
		Expires     string          `json:"expires,omitempty"`
		Remarks     string          `json:"remarks,omitempty"`
	}
	oscalOrigin struct {
		Actors []oscalActor `json:"actors"`
	}
	oscalActor struct {
		Type string    `json:"type"`
		UUID uuid.UUID `json:"actor-uuid"`
	}
	oscalSubject struct {
		UUID    uuid.UUID   `json:"subject-uuid"`
		Type    string      `json:"type"`
		Title   string      `json:"title,omitempty"`
		Props   []oscalProp `json:"props,omitempty"`
		Remarks string      `json:"remarks,omitempty"`
	}
	oscalEvidence struct {
		Description string      `json:"description"`
		Props       []oscalProp `json:"props,omitempty"`
	}
	oscalFinding struct {
		UUID        uuid.UUID       `json:"uuid"`
		Title       string          `json:"title"`
		Description string          `json:"description"`
		Props       []oscalProp     `json:"props,omitempty"`
		Origins     []oscalOrigin   `json:"origins,omitempty"`
		Target      oscalTarget     `json:"target"`
		Rests       []oscalObserved `json:"related-observations,omitempty"`
		Remarks     string          `json:"remarks,omitempty"`
	}
	oscalTarget struct {
		Type           string      `json:"type"`
		ID             string      `json:"target-id"`
		Status         oscalState  `json:"status"`
		Implementation *oscalState `json:"implementation-status,omitempty"`
	}
	oscalObserved struct {
		UUID uuid.UUID `json:"observation-uuid"`
	}
	oscalBack struct {
		Resources []oscalResource `json:"resources"`
	}
	oscalResource struct {
		UUID        uuid.UUID `json:"uuid"`
		Title       string    `json:"title"`
		Description string    `json:"description"`
	}
)
