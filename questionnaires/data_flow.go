package questionnaires

// DataFlow is a way that card data takes: an authorisation, a settlement, a refund.
type DataFlow struct {
	Name        string         `json:"name"`
	Channel     PaymentChannel `json:"channel,omitzero"`
	Elements    string         `json:"elements,omitempty"` // of card data that take it
	Description string         `json:"description,omitempty"`
	Diagrams    []ID           `json:"diagrams,omitempty"` // evidence
}

func (f DataFlow) check(b *bounds) {
	if f.Channel < NoChannel || int(f.Channel) >= len(paymentChannels) {
		b.add(errNoChannel)
	}
	b.text("elements of a data flow", f.Elements)
	b.text("description of a data flow", f.Description)
	b.list("diagrams of a data flow", len(f.Diagrams))
}

func (f DataFlow) lacks(asked demand) []string {
	fields := []field{{"elements", f.Elements}, {"description", f.Description}}
	return missing(append(fields, asked.since(factsOfReport, ReportedScope, field{"diagrams", counted(len(f.Diagrams))})...))
}
