import { isCurrencyWord } from './heading-currency.ts';
import type { Target } from './reading.ts';

/** How many characters of a heading are looked at. */
const LONGEST = 200;

/**
 * What columns are called in the files of banks, cards and programs, and in our own exports: in English, German, French,
 * Spanish, Dutch and Italian, without accents and marks. Of two columns that are known as the same, the first one counts.
 */
const names: Readonly<Record<Target, string>> = {
  day: `day, date, transaction date, booking date, posting date, posted date, post date, started date, purchase date, expense date,
    document date, invoice date, value date, completed date, spent on, date of expense, date incurred, trans date,
    datum, buchungstag, buchungsdatum, buchung, valutadatum, valuta, wertstellung, wertstellungstag, belegdatum, rechnungsdatum,
    kaufdatum, umsatzdatum, umsatztag, tag, transaktionsdatum, ausgabedatum,
    date operation, date de l operation, date d operation, date de valeur, date valeur, date comptable, date de transaction,
    date de comptabilisation, date depense, date de depense, date facture, jour,
    fecha, fecha operacion, fecha de operacion, fecha valor, fecha contable, f operacion, f valor, fecha de gasto, fecha factura,
    boekdatum, boekingsdatum, transactiedatum, rentedatum, valutadag, factuurdatum,
    data, data operazione, data contabile, data valuta, data movimento, data spesa, giorno`,
  item: `item, description, transaction description, details of expense, narrative, expense, purpose, what, title, particulars, subject,
    beschreibung, verwendungszweck, buchungstext, bezeichnung, artikel, gegenstand, zweck, buchungsdetails, leistung, posten,
    libelle, libelle operation, libelle simplifie, description de la depense, designation, intitule, objet, nature de l operation,
    concepto, descripcion, detalle, movimiento,
    omschrijving, beschrijving, descrizione, descrizione operazione, causale, voce, oggetto`,
  amount: `amount, transaction amount, total amount, gross amount, debit, debit amount, debits, money out, paid out, withdrawal,
    withdrawals, spent, value, cost, price, net amount, amount spent, amount paid, gross, billing amount,
    betrag, umsatz, soll, summe, belastung, lastschrift, ausgang, ausgabe, ausgaben, gesamtbetrag, bruttobetrag, brutto, kosten, preis,
    montant, montant de l operation, montant ttc, debit euros, depense, debits euros, total ttc, prix,
    importe, cargo, cargos, monto, importe total, gasto, cantidad, adeudo,
    bedrag, af, uitgaven, debet, bedrag af, totaalbedrag,
    importo, dare, addebito, addebiti, uscite, importo totale, spesa, costo`,
  currency: `currency, currency code, ccy, transaction currency, billing currency, wahrung, wahrungscode, devise, monnaie, moneda, divisa,
    munt, muntsoort, valuta code, valutacode, valutasoort, code devise`,
  merchant: `merchant, merchant name, supplier, supplier name, vendor, vendor name, payee, payee name, counterparty, partner name,
    counter party name, beneficiary, shop, store, recipient, paid to, company, counterparty name,
    empfanger, zahlungsempfanger, zahlungsempfanger in, begunstigter, auftraggeber begunstigter, begunstigter auftraggeber,
    begunstigter zahlungspflichtiger, auftraggeber empfanger, empfanger auftraggeber, handler, lieferant, kreditor,
    name zahlungsbeteiligter, partnername, lieferantenname, geschaft, auftraggeber,
    fournisseur, beneficiaire, commercant, marchand, tiers, nom du fournisseur, contrepartie,
    proveedor, comercio, beneficiario, establecimiento, ordenante,
    leverancier, begunstigde, naam omschrijving, naam tegenpartij, tegenpartij, winkel, ontvanger, naam begunstigde,
    fornitore, esercente, negozio, commerciante, controparte`,
  category: `category, category name, expense category, expense type, cost type, account name, gl account, cost category,
    kategorie, kostenart, ausgabenart, spesenart, sachkonto, aufwandsart, rubrik,
    categorie, type de depense, nature de depense, sous categorie, rubrique, poste,
    categoria, tipo de gasto, partida, tipo gasto, kostensoort, kostencategorie, rubriek, tipo di spesa, categoria di spesa`,
  note: `note, notes, memo, comment, comments, remark, remarks, additional information, reason, business purpose,
    notiz, notizen, bemerkung, bemerkungen, kommentar, anmerkung, anmerkungen, zusatz, hinweis,
    remarque, remarques, commentaire, commentaires, observation, observations, motif, informations complementaires,
    nota, notas, observaciones, comentario, comentarios, opmerking, opmerkingen, mededelingen, toelichting, notitie,
    osservazioni, commento, annotazioni`,
  spender: `spent by, spender, employee, employee name, cardholder, card holder, cardholder name, card member, person, claimant,
    submitted by, traveller, traveler, staff member, user name,
    mitarbeiter, mitarbeiterin, mitarbeiter in, mitarbeitername, karteninhaber, person name, ausgegeben von, reisender, angestellter,
    salarie, employe, collaborateur, titulaire, titulaire de la carte, depense par,
    empleado, trabajador, titular, gastado por, persona, medewerker, werknemer, kaarthouder, dipendente, titolare, speso da`,
  state: 'state, status, statut, estado, stato, etat, zustand',
  paidAmount: `paid amount, original amount, foreign amount, amount in original currency, originalbetrag, fremdwahrungsbetrag,
    betrag in fremdwahrung, montant d origine, montant en devise, importe original, importo originale, oorspronkelijk bedrag`,
  paidCurrency: `paid currency, original currency, foreign currency, originalwahrung, fremdwahrung, devise d origine,
    divisa original, moneda original, divisa originale, oorspronkelijke valuta`,
  rate: 'rate, exchange rate, fx rate, conversion rate, kurs, wechselkurs, umrechnungskurs, taux, taux de change, tipo de cambio, wisselkoers, tasso di cambio, cambio',
  rateDay: 'rate of, rate date, kursdatum, date du taux, fecha del cambio, koersdatum',
  rateSource: 'rate from, rate source, kursquelle, source du taux',
};

/** The same by what they are taken for, as docs/importing.md lists them. */
export const knownHeadings = new Map<Target, ReadonlySet<string>>(
  Object.entries(names).map(([target, list]) => [target as Target, new Set(list.split(',').map(plainSpaces))]),
);

const targetByName = new Map<string, Target>(
  [...knownHeadings].flatMap(([target, headings]) => [...headings].map((name) => [plainName(name), target] as const)),
);

function plainSpaces(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** Those whose columns are put together. */
const together: ReadonlySet<Target> = new Set(['item', 'note']);

/** What each column is taken for, by its heading; undefined where that is not known. */
export function columnsByName(headings: readonly string[]): (Target | undefined)[] {
  const taken = new Set<Target>();
  return headings.map((heading) => {
    const target = targetOf(heading);
    if (target === undefined || (taken.has(target) && !together.has(target))) return undefined;
    taken.add(target);
    return target;
  });
}

function targetOf(cell: string): Target | undefined {
  const heading = cell.slice(0, LONGEST);
  const outside = heading.replace(/\(.*?\)|\[.*?\]/g, ' ');
  for (const text of [heading, outside]) {
    const name = plainName(text);
    const target = targetByName.get(name) ?? targetByName.get(withoutCurrency(name));
    if (target !== undefined) return target;
  }
  return undefined;
}

/**
 * Without accents, case and marks, and with ae, oe and ue as what they stand for: "Währung", "WAEHRUNG" and "wahrung" are one.
 */
export function plainName(text: string): string {
  return text
    .slice(0, LONGEST)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/([aou])e/g, '$1')
    .trim();
}

/** "amount eur", "betrag in eur" and "eur amount" are amounts. */
function withoutCurrency(name: string): string {
  const bare = name.split(' ').filter((word) => !isCurrencyWord(word));
  return (bare.length > 1 && ['in', 'en'].includes(bare.at(-1) ?? '') ? bare.slice(0, -1) : bare).join(' ');
}
