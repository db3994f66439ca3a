#!/usr/bin/python3
"""A small retailer in Tryton: seed.py PASSWORD_FILE. The database is that of TRYTOND_DATABASE__URI."""

import datetime
import os
import secrets
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

ARTICLES = ('85123A', '22633', '22423')  # of the shop whose sales are replayed; all others are unknown here


def new(model, **values):
    record = Model.get(model)(**values)
    record.save()
    return record


def only(model, *domain):
    return Model.get(model).find(list(domain), limit=1)[0]


def make_company():
    pounds = Model.get('currency.currency')(
        name='Pound Sterling', code='GBP', numeric_code='826', symbol='£', digits=2, rounding=Decimal('0.01'))
    pounds.rates.new(date=datetime.date(2000, 1, 1), rate=Decimal(1))
    pounds.save()
    wizard = Wizard('company.company.config')
    wizard.execute('company')
    wizard.form.party = new('party.party', name='Shops')
    wizard.form.currency = pounds
    wizard.execute('add')
    config.get_config()._context = Model.get('res.user').get_preferences(True, {})
    return only('company.company'), pounds


def make_accounts(company):
    chart = only('ir.model.data', ('module', '=', 'account'), ('fs_id', '=', 'account_template_root_en'))
    wizard = Wizard('account.create_chart')
    wizard.execute('account')
    wizard.form.account_template = Model.get('account.account.template')(chart.db_id)
    wizard.form.company = company
    wizard.execute('create_account')
    wizard.form.account_receivable = only('account.account', ('type.receivable', '=', True))
    wizard.form.account_payable = only('account.account', ('type.payable', '=', True))
    wizard.execute('create_properties')


def make_articles():
    unit = only('product.uom', ('name', '=', 'Unit'))
    for sku in ARTICLES:
        template = Model.get('product.template')(
            name=sku, default_uom=unit, type='goods', salable=True, list_price=Decimal('1'))
        template.products[0].suffix_code = sku
        template.save()


def make_shop(company, currency):
    guest = new('party.party', name='Guest')  # Tryton keeps it from having confirmed sales
    new('party.party', name='Walk-in customer', code='walk-in')
    shop = Model.get('web.shop')(name='0042', company=company, currency=currency, guest_party=guest)
    shop.warehouses.append(only('stock.location', ('type', '=', 'warehouse')))
    shop.save()


def make_user(company, password_file):
    password = secrets.token_urlsafe(18)
    user = Model.get('res.user')(name='Stores', login='stores', password=password)
    for name in ('Sales', 'Sales Administrator', 'Party Administration'):
        user.groups.append(only('res.group', ('name', '=', name)))
    user.companies.append(company)
    user.company = company
    user.save()
    with open(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w', encoding='ascii') as file:
        file.write(password + '\n')


def main():
    config.set_trytond(database='tryton', user='admin')
    company, currency = make_company()
    make_accounts(company)
    make_articles()
    make_shop(company, currency)
    make_user(company, sys.argv[1])


if __name__ == '__main__':
    main()
